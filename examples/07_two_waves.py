"""Two waves of which one ran its scale the other way: see it, settle it, compare the change.

The answers are SIMULATED: made by a program to try out the method. They are not findings.

    python examples/07_two_waves.py

prints what differs and how answers changed, and writes change.png into the folder that it is run from.
"""

import surveykit as sk

first, second = sk.load_example("ili_2021"), sk.load_example("ili_2023")

# 1. Let the second institute have numbered the roads the other way round, as happens.
roads = second.codebook["roads"]
turned = sk.Variable("roads", roads.question, {6 - code: text for code, text in roads.labels.items()})
asked = [turned if name == "roads" else second.codebook[name] for name in second.codebook]
second = sk.Survey(second.data.assign(roads=6 - second.data["roads"]), sk.Codebook.of(asked), second.provenance)
waves = {"2021": first, "2023": second}

# 2. The audit finds it: stacked as they are, a rise would be a fall.
print(sk.audit_waves(waves), "\n")

# 3. A crosswalk settles it. It is a small file that a person writes and a reviewer reads.
with open("crosswalk.toml", "w", encoding="utf-8") as file:
    file.write(
        '[variables.roads]\nrecode.2023 = { 1 = 5, 2 = 4, 3 = 3, 4 = 2, 5 = 1 }\nnote = "in 2023, 1 was the best"\n'
    )
survey = sk.stack_waves(waves, crosswalk="crosswalk.toml")

# 4. Three settlements elected their akim between the waves, five had not by the second: compare their changes.
changed = survey.keep_rows(survey.frame["first_wave"].astype(float) != 2021, "elected before the first wave")
changed = changed.with_columns(
    {"side": changed.frame["first_wave"].notna().map({True: "elected since", False: "never"})}
)
design = sk.SurveyDesign(changed, weight="base_weight", cluster="settlement")
print(
    sk.difference_in_differences(
        design, ["trust_akim", "roads"], group="side", baseline="never", wave="wave", settlement="settlement", rng=1
    ).finding()
)
trend = sk.means(design, "roads", by=["wave", "side"], lang="en")
sk.save_figure(sk.draw_trend(trend), "change.png")

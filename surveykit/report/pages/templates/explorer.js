"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const asked = data.variables.filter((one) => one.cells);
  const byId = new Map(data.variables.map((one) => [one.id, one]));
  const groupOf = new Map(data.groups.map((one) => [one.id, one]));
  const state = { lang: data.lang, q: data.first, by: "", show: byId.get(data.first).show[0] };
  const NONE = "\u2013";

  // texts: one for all languages, or one for each
  const say = (text) => (Array.isArray(text) ? text[data.languages.indexOf(state.lang)] : text);
  const word = (key, slots) =>
    data.words[state.lang][key].replace(/\{(\w+)\}/g, (whole, name) => (slots && name in slots ? slots[name] : whole));
  function make(tag, text, into, kind) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    if (into) into.append(made);
    return made;
  }

  function number(value, digits) {
    const [whole, rest] = Math.abs(value).toFixed(digits).split(".");
    const english = state.lang === "en";
    const parted = whole.replace(/\B(?=(\d{3})+$)/g, english ? "," : "\u202f");
    const sign = value < 0 && Number(whole + "." + (rest || "0")) !== 0 ? "\u2212" : "";
    return sign + parted + (rest ? (english ? "." : ",") + rest : "");
  }
  const percent = (tenths, digits) => number(tenths / 10, digits) + (state.lang === "en" ? "%" : "\u202f%");
  const written = (value) => (state.show === "share" ? percent(value, 1) : number(value, 2));
  const end = (value) => (state.show === "share" ? percent(value, 0) : number(value, Number.isInteger(value) ? 0 : 2));

  // what is shown: one row for each bar, in the order of the table
  function rows() {
    const variable = byId.get(state.q);
    const cells = variable.cells[state.by];
    const names = state.by ? groupOf.get(state.by).levels.map(say) : [word("everybody")];
    const found = [];
    const add = (group, answer, cell) => {
      const size = cells.n[group];
      found.push({
        group: names[group], answer, cell: Array.isArray(cell) ? cell : null, hidden: typeof cell === "string" ? cell : "",
        n: size ? size[0] : null, clusters: size ? size[1] : null,
      });
    };
    if (state.show === "mean") cells.mean.forEach((cell, group) => add(group, "", cell));
    else variable.answers.forEach(([, label], answer) => cells.share.forEach((one, group) => add(group, say(label), one[answer])));
    return found;
  }

  function scale(shown) {
    if (state.show === "share") return [0, 1000];
    const range = byId.get(state.q).range;
    const ends = shown.flatMap((row) => (row.cell ? row.cell.filter((one) => one !== null) : []));
    if (!ends.length && !range) return [0, 1]; // all are hidden
    const low = Math.min(...ends, ...(range || [])), high = Math.max(...ends, ...(range || []));
    if (range) return [low, high];
    const step = Math.pow(10, Math.floor(Math.log10(high - low || 1)));
    return [Math.floor(low / step) * step, Math.ceil(high / step) * step || 1];
  }

  function valueOf(row) {
    if (row.hidden) return say(data.marks[row.hidden]);
    return row.cell && row.cell[0] !== null ? written(row.cell[0]) : word("missing_estimate");
  }
  const lacksInterval = (row) => row.cell && row.cell[0] !== null && (row.cell[1] === null || row.cell[2] === null);

  function drawFigure(shown) {
    const figure = at("figure");
    const [low, high] = scale(shown);
    const place = (value) => Math.min(100, Math.max(0, (100 * (value - low)) / (high - low || 1))) + "%";
    const width = (from, to) => parseFloat(place(to)) - parseFloat(place(from)) + "%";
    figure.replaceChildren();
    let over = null;
    for (const row of shown) {
      if (state.by && state.show === "share" && row.answer !== over) make("div", row.answer, figure, "over");
      over = row.answer;
      const line = make("div", undefined, figure, "row");
      make("span", state.by || state.show === "mean" ? row.group : row.answer, line, "name");
      const track = make("span", undefined, line, "track");
      if (row.hidden) track.className = "track concealed";
      else if (row.cell && row.cell[0] !== null) {
        const [estimate, from, to] = row.cell;
        if (state.show === "share") make("span", undefined, track, "bar").style.width = place(estimate);
        if (from !== null && to !== null) {
          const whisker = make("span", undefined, track, "whisker");
          whisker.style.left = place(from);
          whisker.style.width = width(from, to);
        }
        if (state.show === "mean") make("span", undefined, track, "dot").style.left = place(estimate);
      }
      const value = make("span", valueOf(row), line, "value");
      if (lacksInterval(row)) make("span", word("no_interval"), value, "lacking");
    }
    figure.setAttribute("aria-label", word("figure_words"));
    at("legend").textContent = word("between_bars", { low: end(low), high: end(high) });
  }

  function grid(shown) {
    const mean = state.show === "mean";
    const head = [
      ...(state.by ? [word("by")] : []), ...(mean ? [] : [word("of_answers")]), word(mean ? "mean_heading" : "percent"),
      word("low"), word("high"), word("n"), ...(data.clusters ? [word("clusters")] : []),
    ];
    const body = shown.map((row) => {
      const ends = row.cell ? row.cell.slice(1).map((one) => (one === null ? word("no_interval") : written(one))) : [NONE, NONE];
      if (row.cell && row.cell[0] === null) ends.fill(NONE);
      const sizes = [row.n, ...(data.clusters ? [row.clusters] : [])].map((one) => (one === null ? NONE : number(one, 0)));
      return [...(state.by ? [row.group] : []), ...(mean ? [] : [row.answer]), valueOf(row), ...ends, ...sizes];
    });
    const named = (state.by ? 1 : 0) + (mean ? 0 : 1);
    return { head, body, named };
  }

  function drawTable(shown) {
    const table = at("table");
    const { head, body, named } = grid(shown);
    table.replaceChildren();
    make("caption", (data.simulated ? "SIMULATED. " : "") + say(byId.get(state.q).text), table);
    const line = make("tr", undefined, make("thead", undefined, table));
    head.forEach((text, column) => (make("th", text, line, column < named ? "" : "r").scope = "col"));
    const rowsOf = make("tbody", undefined, table);
    for (const cells of body) {
      const row = make("tr", undefined, rowsOf);
      cells.forEach((text, column) => {
        const cell = make(column < named ? "th" : "td", text, row, column < named ? "" : "r");
        if (column < named) cell.scope = "row";
      });
    }
  }

  // what leaves the page: names that a spreadsheet would run begin with an apostrophe; simulated answers say so in each row
  function sheet(shown) {
    const tame = (text) => (/^[=+\-@\t\r]/.test(text) ? "'" + text : text);
    const { head, body, named } = grid(shown);
    const status = data.simulated ? ["SIMULATED"] : [];
    const lines = body.map((cells) => [
      say(byId.get(state.q).text), ...cells.slice(0, named), ...cells.slice(named), ...status,
    ].map(tame));
    return [[word("question"), ...head, ...(data.simulated ? [word("data_status")] : [])], ...lines];
  }
  const asTsv = (cells) => cells.map((line) => line.map((one) => one.replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n");
  const asCsv = (cells) =>
    "\ufeff" + cells.map((line) => line.map((one) => '"' + one.replace(/"/g, '""') + '"').join(",")).join("\r\n") + "\r\n";

  function drawRemarks(shown) {
    const remarks = at("remarks");
    remarks.replaceChildren();
    const group = groupOf.get(state.by);
    const notes = byId.get(state.q).cells[state.by].notes || {};
    if (state.show in notes) make("p", say(data.notes[notes[state.show]]), remarks, "quiet");
    const lacking = [...new Set(shown.filter(lacksInterval).map((row) => row.group))];
    if (lacking.length) make("p", word("why_no_interval", { groups: lacking.join("; ") }), remarks);
    for (const id of [state.q, state.by]) {
      const codes = id && byId.get(id).doubtful;
      if (codes) make("p", word("doubtful", { question: say(byId.get(id).text), codes: codes.join(", ") }), remarks);
    }
    if (group && group.sides) {
      const sides = group.levels.map((one, place) => word("side", { group: say(one), n: group.sides[place] })).join("; ");
      make("p", word("settlement_level", { sides }), remarks);
    }
    const few = [...new Set(shown.filter((row) => row.clusters !== null && row.clusters < 10 && !lacksInterval(row))
      .map((row) => word("side", { group: row.group, n: row.clusters })))];
    if (few.length) make("p", word("few_here", { groups: few.join("; ") }), remarks);
  }

  function drawQuestion() {
    const variable = byId.get(state.q);
    const shown = rows();
    at("asked").textContent = say(variable.text);
    at("universe").hidden = !variable.universe;
    at("universe").textContent = variable.universe ? word("universe") + ": " + say(variable.universe) : "";
    drawFigure(shown);
    drawTable(shown);
    drawRemarks(shown);
    at("download").href = "data:text/csv;charset=utf-8," + encodeURIComponent(asCsv(sheet(shown)));
    at("download").download = (state.q + (state.by ? "_" + state.by : "")).replace(/[^\p{L}\p{N}_.-]+/gu, "_") + ".csv";
    at("copied").textContent = "";
    at("by-hand").hidden = true;
    at("status").textContent = word("shown", {
      question: say(variable.text), group: state.by ? say(groupOf.get(state.by).text) : word("nobody_apart"), what: word(state.show),
    });
  }

  // a list is as wide as its longest text; questions of one block begin alike, so that the cut keeps both ends
  function cut(text) {
    const signs = Array.from(text);
    return signs.length <= 70 ? text : signs.slice(0, 37).join("").trimEnd() + " \u2026 " + signs.slice(-30).join("").trimStart();
  }

  function options(select, choices, chosen) {
    select.replaceChildren();
    for (const [value, text] of choices) make("option", text, select).value = value;
    select.value = chosen;
  }

  function drawChoice() {
    const variable = byId.get(state.q);
    options(at("q"), asked.map((one) => [one.id, cut(say(one.text))]), state.q);
    const groups = data.groups.filter((one) => Object.hasOwn(variable.cells, one.id));
    options(at("by"), [["", word("nobody_apart")], ...groups.map((one) => [one.id, cut(say(one.text))])], state.by);
    at("lang").value = state.lang;
    for (const radio of document.getElementsByName("show")) {
      radio.checked = radio.value === state.show;
      radio.disabled = !variable.show.includes(radio.value);
    }
  }

  function drawWords() {
    document.documentElement.lang = state.lang;
    for (const one of document.querySelectorAll("[data-word]")) one.textContent = word(one.dataset.word);
    at("title").textContent = say(data.title);
    document.title = (data.simulated ? "SIMULATED: " : "") + say(data.title);
    at("banner").hidden = !data.simulated;
    at("banner").textContent = say(data.banner);
    for (const [id, texts, tag] of [["warnings", data.warnings, "li"], ["methods", data.methods, "p"]]) {
      at(id).replaceChildren();
      for (const text of texts) make(tag, say(text), at(id));
    }
    at("left").replaceChildren();
    for (const key of Object.keys(data.left_out)) {
      make("dt", say(data.left_out[key]), at("left"));
      make("dd", data.variables.filter((one) => one.why === key).map((one) => one.id).join(", "), at("left"));
    }
    at("left-title").hidden = !Object.keys(data.left_out).length;
  }

  const every = (text) => (Array.isArray(text) ? text.join("\n") : text);
  const haystack = new Map(data.variables.map((one) => [
    one.id,
    [one.id, every(one.text), ...[...one.answers, ...(one.missing || [])].map(([code, text]) => code + " " + every(text))]
      .join("\n").normalize("NFC").toLocaleLowerCase(),
  ]));
  function drawBook() {
    const wanted = at("search").value.normalize("NFC").toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const hits = data.variables.filter((one) => wanted.every((each) => haystack.get(one.id).includes(each)));
    at("book").replaceChildren();
    for (const one of hits) {
      const item = make("li", undefined, at("book"));
      const head = make("p", undefined, item);
      make("code", one.id, head);
      head.append(" " + say(one.text));
      const labels = make("ul");
      for (const [code, text] of one.answers) make("li", say(text) === String(code) ? code : code + " " + say(text), labels);
      for (const [code, text] of one.missing || []) make("li", code + " " + say(text) + " (" + word("declared_missing") + ")", labels);
      if (labels.children.length) item.append(labels);
      if (one.cells) {
        const button = make("button", word("open"), item);
        button.type = "button";
        button.setAttribute("aria-label", word("open") + ": " + say(one.text));
        button.addEventListener("click", () => { choose({ q: one.id }); at("asked").scrollIntoView(); at("q").focus({ preventScroll: true }); });
      } else make("p", word("left_out") + ": " + say(data.left_out[one.why]), item, "quiet");
    }
    at("hits").textContent = word("found", { n: hits.length, total: data.variables.length });
  }

  function settle(wanted) {
    const before = state.lang;
    if (data.languages.includes(wanted.lang)) state.lang = wanted.lang;
    const variable = byId.get("q" in wanted ? wanted.q : state.q);
    if (variable && variable.cells) state.q = variable.id;
    const of = byId.get(state.q);
    const by = "by" in wanted ? wanted.by : state.by;
    state.by = Object.hasOwn(of.cells, by) ? by : "";
    const show = "show" in wanted ? wanted.show : state.show;
    state.show = of.show.includes(show) ? show : of.show[0];
    return before !== state.lang;
  }

  function choose(wanted) {
    if (settle(wanted)) { drawWords(); drawBook(); }
    drawChoice();
    drawQuestion();
    const address = new URLSearchParams({ q: state.q, by: state.by, show: state.show, lang: state.lang });
    history.replaceState(null, "", "#" + address);
  }

  function fromAddress() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    if (wanted.has("find")) at("search").value = wanted.get("find");
    return Object.fromEntries(["q", "by", "show", "lang"].filter((key) => wanted.has(key)).map((key) => [key, wanted.get(key)]));
  }

  async function copy() {
    const text = asTsv(sheet(rows()));
    try {
      await navigator.clipboard.writeText(text);
      at("copied").textContent = word("copied");
    } catch (refused) {
      at("copied").textContent = word("not_copied");
      at("by-hand").hidden = false;
      at("text").value = text;
      at("text").focus();
      at("text").select();
      if (document.execCommand("copy")) at("copied").textContent = word("copied");
    }
  }

  at("choice").addEventListener("submit", (event) => event.preventDefault());
  at("lang").addEventListener("change", () => choose({ lang: at("lang").value }));
  at("q").addEventListener("change", () => choose({ q: at("q").value }));
  at("by").addEventListener("change", () => choose({ by: at("by").value }));
  for (const radio of document.getElementsByName("show")) radio.addEventListener("change", () => choose({ show: radio.value }));
  at("copy").addEventListener("click", copy);
  at("search").addEventListener("input", drawBook);
  window.addEventListener("hashchange", () => choose(fromAddress()));
  settle(fromAddress());
  drawWords();
  drawBook();
  choose({});
})();

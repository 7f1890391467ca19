"""The designs of the reference answers, by the names that they have there (meta.designs of expected.json)."""

DESIGNS: dict[str, dict] = {
    "D1": {"stratum": "stratum", "cluster": "settlement"},
    "D1f": {"stratum": "stratum", "cluster": "settlement", "fpc": "fpc_settlements"},
    "D2": {"cluster": "settlement"},
    "D3": {},
    "D4": {"stratum": "stratum"},
    "D5": {"stratum": "stratum", "cluster": ["settlement", "ea"], "fpc": ["fpc_settlements", "fpc_eas"]},
    "D6": {"stratum": "settlement", "cluster": "ea"},
}

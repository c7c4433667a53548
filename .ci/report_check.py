"""Check that the report on the real job views still says what a release must be able to say."""

import json
import sys
from pathlib import Path

LEAST = 0.22

report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
model = report["rankers"]["model"]["ndcg@10"]
against = report["differences"]["words"]["ndcg@10"]
print(
    f"ndcg@10 {model['mean']:.4f} ({model['low']:.4f} to {model['high']:.4f}), n {model['n']}; over words {against['mean']:+.4f}"
)
study = report["study"]
print(f"ablations on {study['questions']} comparison questions:")
for one in study["ablations"]:
    print(f"  without {one['family']}: {one['change']['mean']:+.4f} ({one['change']['low']:+.4f} to {one['change']['high']:+.4f})")
print(f"looks at these held-out questions: {report['looks']['times']}; answer: {report['verdict']['answer']}")
if not study["ablations"] or report["looks"]["times"] < 1:
    sys.exit("The report must hold ablations and count looks.")
if model["mean"] < LEAST or against["low"] <= 0:
    sys.exit(f"The model must reach ndcg@10 {LEAST} and beat words by an interval above 0.")

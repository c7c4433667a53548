"""Key groups: declared rules over facts, restricted ones included. No ranker may know of this room (docs/laws.md, law 6)."""

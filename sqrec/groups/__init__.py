"""Key groups: declared rules over facts, restricted ones included. No ranker may know of this room (law 4)."""

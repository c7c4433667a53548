"""Boosters as text."""

import lightgbm as lgb


def booster_text(booster: lgb.Booster) -> str:
    """Return the model text without the settings of the machine it was trained on."""
    text = booster.model_to_string(num_iteration=-1)
    return text[: text.index("\nparameters:")] + "\n"

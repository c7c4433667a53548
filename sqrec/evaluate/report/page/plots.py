"""The plots of a report, as SVG that needs no script and no font of its own."""

import io
import unicodedata
import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

import numpy as np

from sqrec.evaluate.stats.compare import Interval

INK, BLUE, GREY = "#1b1f24", "#1f5fa8", "#8a939d"
_WIDTH = 6.6
"""Inches: a page of A4 less its margins."""

_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: the reader's own fonts show Chinese, and a search finds it
    "svg.hashsalt": "sqrec",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def dots(labels: Sequence[str], found: Sequence[Interval], axis: str, ours: int | None = None) -> str:
    """Return one row per label: the mean as a dot, the 95 % interval as a line; `ours` is drawn in colour."""
    figure, axes = _canvas(0.55 + 0.27 * len(labels), labels)
    for row, one in enumerate(found):
        colour = BLUE if ours is None or row == ours else GREY
        if not np.isnan(one.low):
            axes.plot([one.low, one.high], [row, row], color=colour, linewidth=2.4, solid_capstyle="round")
        axes.plot([one.mean], [row], "o", color=colour, markersize=5)
    _rows(axes, labels, axis)
    axes.axvline(0, color=GREY, linewidth=0.8)
    return _svg(figure)


def bars(labels: Sequence[str], values: Sequence[float], axis: str) -> str:
    """Return one horizontal bar per label."""
    figure, axes = _canvas(0.55 + 0.22 * len(labels), labels)
    axes.barh(range(len(labels)), values, color=BLUE, height=0.62)
    _rows(axes, labels, axis)
    return _svg(figure)


def curve(x: Sequence[float], found: Sequence[Interval], x_axis: str, y_axis: str, *, logarithmic: bool = False) -> str:
    """Return means over x as a line, their intervals as a band."""
    figure, axes = _canvas(2.5)
    axes.fill_between(x, [one.low for one in found], [one.high for one in found], color=BLUE, alpha=0.15, linewidth=0)
    axes.plot(x, [one.mean for one in found], "o-", color=BLUE, markersize=4)
    if logarithmic:
        axes.set_xscale("log")
        axes.set_xticks(list(x), [f"{value:,.0f}" for value in x])
        axes.minorticks_off()
    axes.set_xlabel(x_axis)
    axes.set_ylabel(y_axis)
    return _svg(figure)


def plane(x: Sequence[Interval], y: Sequence[Interval], labels: Sequence[str], x_axis: str, y_axis: str) -> str:
    """Return points with intervals both ways, joined in their order."""
    figure, axes = _canvas(3.2)
    axes.plot([one.mean for one in x], [one.mean for one in y], "-", color=GREY, linewidth=1)
    for across, up, label in zip(x, y, labels, strict=True):
        axes.plot([across.low, across.high], [up.mean, up.mean], color=BLUE, linewidth=1.4)
        axes.plot([across.mean, across.mean], [up.low, up.high], color=BLUE, linewidth=1.4)
        axes.plot([across.mean], [up.mean], "o", color=BLUE, markersize=4.5)
        axes.annotate(label, (across.mean, up.mean), textcoords="offset points", xytext=(6, 5), fontsize=8)
    axes.set_xlabel(x_axis)
    axes.set_ylabel(y_axis)
    return _svg(figure)


def _canvas(height: float, labels: Sequence[str] = ()) -> tuple[Any, Any]:
    """Return a figure of some inches, and its axes, with room for the labels of its rows."""
    left = max(0.75, 0.25 + max(map(_inches, labels), default=0.0))
    with _styled():
        figure: Any = import_module("matplotlib.figure").Figure(figsize=(_WIDTH, height))
        figure.subplots_adjust(left=left / _WIDTH, right=0.97, bottom=0.45 / height, top=1 - 0.08 / height)
        return figure, figure.add_subplot()


def _inches(label: str) -> float:
    """Return how wide a label is; the reader's font is not known here, a Chinese character is as wide as high."""
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.56 for letter in label) * _STYLE["font.size"] / 72


def _styled() -> AbstractContextManager[None]:
    """Draw in our style. The plotting library is loaded by those who draw."""
    return import_module("matplotlib").rc_context(_STYLE)


def _rows(axes: Any, labels: Sequence[str], axis: str) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(axis)


def _svg(figure: Any) -> str:
    """Return the figure as an SVG element, the same bytes for the same figure."""
    told = io.StringIO()
    with _styled(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the text is drawn by the reader, who has the font
        figure.savefig(told, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = told.getvalue()
    return text[text.index("<svg") :]

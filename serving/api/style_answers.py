"""Styles as clients see them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ops.style.model import Style
from resources.style_wish_model import State, StyleWish

__all__ = ["ParameterOut", "PreviewOut", "StyleOut", "StylesOut", "WishOut", "style_out", "wish_out"]


class ParameterOut(BaseModel):
    """What may be turned."""

    name: str = Field(examples=["grain"])
    label: str = Field(examples=["Film grain"])
    low: float
    high: float
    default: float
    about: str


class StyleOut(BaseModel):
    """A style that may be used."""

    id: str = Field(examples=["noir"])
    name: str = Field(examples=["Noir"])
    about: str
    family: str = Field(description="What kind of work it is.", examples=["grade"])
    cost: str = Field(description="What a frame costs.", examples=["light"])
    gpu: bool = Field(description="Whether it needs a GPU for a film at full size.")
    custom: bool = Field(description="Whether somebody made it up.")
    parameters: list[ParameterOut]
    picture: str | None = Field(description="A still in it.", examples=["/v1/styles/noir/picture"])


class StylesOut(BaseModel):
    """Every style, the house's own first."""

    styles: list[StyleOut]


class WishOut(BaseModel):
    """A style that somebody asked for, or one of the house's."""

    id: str = Field(examples=["custom_26b934e60153"])
    name: str
    state: State
    why: str = Field(description="Why it was refused, or failed.")
    understood: list[str] = Field(description="What was made of the wish.", examples=[["“warm”: warmer light"]])
    style: StyleOut | None = Field(description="The style, once it may be used.")


class PreviewOut(BaseModel):
    """A still in the style, before and after."""

    understood: list[str]
    parameters: list[ParameterOut]
    before: str = Field(description="The still as it is, as a data URL.")
    after: str = Field(description="The still in the style, as a data URL.")


def style_out(style: Style) -> StyleOut:
    """A style as clients see it."""
    pictured = bool(style.picture) and (style.folder / style.picture).is_file()
    return StyleOut(
        id=style.id,
        name=style.name,
        about=style.about,
        family=style.family,
        cost=style.cost,
        gpu=style.gpu,
        custom=style.id.startswith("custom_"),
        parameters=[ParameterOut(**vars(each)) for each in style.parameters],
        picture=f"/v1/styles/{style.id}/picture" if pictured else None,
    )


def wish_out(wish: StyleWish, known: Style | None) -> WishOut:
    """A wish as clients see it, with the style that it became."""
    return WishOut(
        id=wish.id,
        name=wish.name,
        state=wish.state,
        why=wish.why,
        understood=list(wish.told),
        style=None if known is None else style_out(known),
    )

"""The partitions that artifacts are made in. A leaf: decorators everywhere need it.

A title is one dynamic partition. Languages, styles and profiles are assets of their own, never a second
partition dimension: 10,000 titles × 202 languages would be two million keys, and only listing those takes
Dagster longer than making many of the artifacts.
"""

from __future__ import annotations

import dagster as dg

__all__ = ["TITLES", "blends", "custom_styles", "rendition_orders", "titles"]

TITLES = "titles"
"""Name of the dynamic partition set; its keys are the ids of the catalogue's hot titles."""

titles = dg.DynamicPartitionsDefinition(name=TITLES)

rendition_orders = dg.DynamicPartitionsDefinition(name="rendition_orders")
"""Orders of renditions, one title in one look each; their keys are the orders' ids."""

blends = dg.DynamicPartitionsDefinition(name="blends")
"""Published blends; their keys are the recipes' ids."""

custom_styles = dg.DynamicPartitionsDefinition(name="custom_style")
"""Styles that people made up; their keys are the styles' ids."""

"""Tests of pipelines/publish/superset."""

"""Tests of pipelines/publish/postgres on the real server of this machine."""

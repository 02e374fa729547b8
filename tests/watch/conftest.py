"""The office and the servers that tests of alerts share with those of the sensor."""

from tests.watch.alerts.conftest import office, post, sender, web

__all__ = ["office", "post", "sender", "web"]

"""Reports that are sent by themselves, by the channels of alerts, once.

due.py who is to get which report now · sent.py what was sent (data/reports.sqlite) · send.py drawing and sending ·
job.py the Dagster job. What a report shows is publish/reports/; who gets it stands in kpi_definitions/reports/.
"""

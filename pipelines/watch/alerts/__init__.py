"""Alerts: what a run found, told to its owner once, on the channels of kpi_definitions/channels.yml.

channels.py what people write · found.py what is wrong now · history.py and record.py what was found and sent
(data/alerts.sqlite) · due.py who is to hear what now · words.py and escape.py what they read · fix_list.py the rows to
mend · address.py where a message may go · outbox.py and sender.py the sending, in a process of its own · run.py the end
of a run.
Sentences about a finding stand in watch/notices.py; acknowledgements are acts (keep/acts.py).
"""

"""Reports: what a manager reads of a month, a quarter or a year, as HTML, PDF, workbook and mail.

period.py which period · source.py whose rows · data.py what is read, once · content.py of what a report is made ·
attainment.py, changes.py, contributors.py (decompose.py the arithmetic), units.py, outlook.py, trend.py, problems.py,
suggestions.py, quality.py the sections · findings.py what was found · build.py all of it together · html.py, pdf.py,
workbook.py, mail.py how it looks · write.py the files. Sending is watch/reports/.
"""

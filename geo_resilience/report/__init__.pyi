from geo_resilience.report._summary import brief_lines as brief_lines
from geo_resilience.report._summary import summary_lines as summary_lines
from geo_resilience.report._writing import page_of as page_of
from geo_resilience.report._writing import write as write
from geo_resilience.report.chapters._findings import headline as headline
from geo_resilience.report.chapters._profiles import profile_files as profile_files
from geo_resilience.report.chapters._story import story as story

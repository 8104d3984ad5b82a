from ._summary import brief_lines as brief_lines
from ._summary import summary_lines as summary_lines
from ._writing import page_of as page_of
from ._writing import write as write
from .chapters._findings import headline as headline
from .chapters._profiles import profile_files as profile_files
from .chapters._story import story as story

"""Which notebooks can run as tests here."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("distributed") else ["notebooks/06_cluster.ipynb"]

"""What goes wrong in an account: each one a change of the healthy folder, and what must be said of it."""

from faults import cluster, compute, creator, network_role, nodegroup, role, services, template, userdata, way
from faults.fault import NOT_JOINED, ROLE

__all__ = ["FAULTS", "NOT_JOINED", "ROLE"]

# In the order of the join.
SUBJECTS = (creator, compute, cluster, nodegroup, template, userdata, role, network_role, way, services)
FAULTS = [fault for subject in SUBJECTS for fault in subject.FAULTS]

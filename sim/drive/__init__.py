"""A trace through a system: each action goes through a browser's cookie jar, message by message.

What depends on cookies or on the system's answer is decided here (`choices`), never in the world.
"""

from sim.drive.faults import SystemFault
from sim.drive.messages import drive
from sim.drive.opening import open_system

__all__ = ["SystemFault", "drive", "open_system"]

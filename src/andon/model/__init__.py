"""The canonical vocabulary: what plants say, in ISA-95's words where it has one."""

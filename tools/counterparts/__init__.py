"""The two real systems the main job runs against, each in an environment of its own.

    erp = Tryton(folder)      # a real ERP: orders, stock, lots, work cycles, quality control
    mes = Fsmes(folder)       # a real MES with its own simulated machines

`prepare()` installs and seeds once per machine (cached); `start()` takes about two seconds for
Tryton. Neither is imported here or by Andon: they run as processes and are spoken to over HTTP.
`MariaDb(folder)` is Debian's database server, for the connector `sql`.
"""

from tools.counterparts.environments import MissingPythonError
from tools.counterparts.fsmes import Fsmes
from tools.counterparts.fsmes_simulated import SimulatedFsmes
from tools.counterparts.mariadb import MariaDb
from tools.counterparts.tryton import Tryton

__all__ = ["Fsmes", "MariaDb", "MissingPythonError", "SimulatedFsmes", "Tryton"]

"""Tables and queries: the only SQL of the program."""

from kiosk.store.drivers import import_peewee

import_peewee()

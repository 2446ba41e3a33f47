"""``make chaos``: the whole site under SIGKILL, while applications come in by the API.

``run`` drives it: ``fleet`` are the processes that are killed and come back, ``applicants`` send
applications until each is acknowledged, ``mail_sink`` takes the mail, or fails to. Both note what
they saw in a ``journal`` on the disk. When all has come to rest, ``history`` compares the two
journals with the rows of the database that ``world`` reads.
"""

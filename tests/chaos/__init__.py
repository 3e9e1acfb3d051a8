"""The plugin under failures: real processes that are killed, cut off and confused while people write (invariants 1 to 8).

world     a real homeserver, the plugin on a real database, people with real clients
traffic   what the people do all the time
faults/   what happens to the processes meanwhile
check     reads all rooms from the homeserver afterwards, and nothing from the plugin
tally     what came of it
"""

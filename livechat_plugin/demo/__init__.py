"""A small world to try the plugin in: a real homeserver, people with standard clients.

The `livechat demo` command, the integration tests and the benchmarks stand on the same two pieces, so what a
newcomer sees is what is tested and measured. Needs the `demo` extra, which brings Synapse.
"""

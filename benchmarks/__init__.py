"""How fast the plugin is: run by `make bench` or `python -m benchmarks`. README.md tells what is measured and how."""

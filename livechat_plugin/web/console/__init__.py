"""The console: pages for administrators, supervisors and operators, over the same use cases as the commands.

A page is a route that asks a use case and renders a template; it holds no rules. Forms are plain: with scripts they
are sent in the background, without scripts they work as well.
"""

"""Use cases: what happens when somebody writes, takes, answers or closes, and the ports they need for it."""

"""What live chat is: pure rules and types, standard library only, no input or output, clock or randomness."""

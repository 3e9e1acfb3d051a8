"""One module per repository. Statements are built once; SQLAlchemy keeps them compiled."""

"""The session panel: Customer Information and actions in a frame beside a session room, within the Matrix client.

It has no cookies: frames of other sites get none in most browsers. The page asks the client for an OpenID token, which
proves who looks at it, and gets a short-lived bearer that it keeps in memory only.
"""

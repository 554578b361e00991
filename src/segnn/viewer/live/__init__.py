"""A model as a small program that a page can run: recorded by torch, checked here, evaluated in
the browser.
"""

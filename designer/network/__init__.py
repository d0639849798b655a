"""The network document: layers, connections, edits with inverses, structural checks, its JSON.

Plain Python: nothing here loads Qt, torch or numpy.
"""

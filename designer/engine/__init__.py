"""What torch does, one file or folder for each step. Never loads Qt.

Every step is a plain function with `progress` as its last argument.
"""

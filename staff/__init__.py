"""The staff bench: suites, changes by two people, releases, audit log."""

"""One open project as the window sees it: document, verdict, code, runs, and what keeps it safe."""

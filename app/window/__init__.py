"""The frame: the application, its windows with their docks, and the style they share."""

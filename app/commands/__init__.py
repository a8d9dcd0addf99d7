"""Everything a user can ask of the window, as data: menus, shortcuts and the command palette."""

"""Which test stands for each row of ``docs/gestures.md``; a test of the house reads it."""

from __future__ import annotations


def _table(text: str) -> dict[str, str]:
    lines = [line.strip() for line in text.strip().splitlines()]
    return dict(zip(lines[::2], lines[1::2], strict=True))


BY_HAND = _table("""
Port: drag of an output
    test_draw_wires::test_a_drag_from_port_to_port_wires_them
Port: drag of an empty input
    test_draw_wires::test_a_wire_drawn_backwards_asks_for_what_gives_it
Port: drag of a wired input
    test_draw_wires::test_the_end_of_a_wire_moves_to_another_input
Port: Ctrl+drag of an output
    test_change_wires::test_ctrl_drag_takes_all_wires_of_an_output_to_another
Port: Alt+click
    test_change_wires::test_alt_click_on_a_port_takes_all_its_wires_away
Wire in the hand: drop on a port or on a node
    test_draw_wires::test_a_drop_on_a_node_takes_its_first_free_port
Wire in the hand: drop on empty canvas
    test_draw_wires::test_a_wire_on_empty_canvas_asks_what_to_add_and_wires_it
Wire in the hand: `Esc`
    test_draw_wires::test_escape_lets_the_wire_go
Node: click
    test_move::test_a_click_selects_one_node_and_one_on_empty_canvas_none
Node: Shift+click
    test_move::test_shift_adds_and_ctrl_toggles
Node: Ctrl+click
    test_move::test_shift_adds_and_ctrl_toggles
Node: drag
    test_move::test_a_drag_moves_the_node_on_the_grid_in_one_step
Node: drag with Alt held on the way
    test_guides::test_alt_lets_it_free_and_so_does_the_setting
Node: drag into a frame
    test_frames::test_a_node_dropped_in_a_frame_comes_into_it_and_one_dragged_away_leaves
Node: drag out of a frame
    test_frames::test_a_node_dropped_in_a_frame_comes_into_it_and_one_dragged_away_leaves
Node: drag onto a wire
    test_put_into_place::test_a_node_without_wires_is_dragged_into_a_wire
Node: double click
    test_inline_form::test_a_double_click_opens_the_numbers_and_typing_sets_them
Node: rest
    test_keys::test_the_tooltip_is_shown
Port: rest
    test_clicks_and_keys::test_a_pointer_that_rests_on_a_port_or_a_wire_is_told_of_it
Wire: click
    test_choose_wire::test_a_click_selects_a_wire_and_del_deletes_it_alone
Wire: Alt+click
    test_change_wires::test_alt_click_takes_a_wire_away
Wire: double click
    test_change_wires::test_a_double_click_on_a_wire_makes_a_dot_that_can_be_dragged
Dot of a wire: drag
    test_change_wires::test_a_double_click_on_a_wire_makes_a_dot_that_can_be_dragged
Dot of a wire: double click
    test_change_wires::test_a_double_click_on_a_dot_takes_it_away
Wire: rest
    test_clicks_and_keys::test_a_pointer_that_rests_on_a_port_or_a_wire_is_told_of_it
Note: click
    test_clicks_and_keys::test_a_click_on_a_note_selects_it_alone
Note: Shift+click
    test_notes::test_a_box_and_clicks_select_notes
Note: Ctrl+click
    test_notes::test_a_box_and_clicks_select_notes
Note: drag
    test_notes::test_notes_are_moved_with_nodes_and_alone
Note: double click
    test_notes::test_a_double_click_rewrites_a_note_and_emptied_it_is_gone
Note: right click
    test_clicks_and_keys::test_the_menu_of_a_note_colours_it
Title of a frame: click
    test_clicks_and_keys::test_a_click_on_a_title_selects_the_frame_and_others_add_and_toggle
Title of a frame: Shift+click
    test_clicks_and_keys::test_a_click_on_a_title_selects_the_frame_and_others_add_and_toggle
Title of a frame: Ctrl+click
    test_clicks_and_keys::test_a_click_on_a_title_selects_the_frame_and_others_add_and_toggle
Title of a frame: drag
    test_frames::test_a_drag_of_the_title_moves_all_nodes_as_one_step
Title of a frame: double click
    test_frames::test_a_title_is_typed_anew
Title of a frame: right click
    test_frames::test_the_menu_of_a_frame_colours_it
Empty canvas: click
    test_move::test_a_click_selects_one_node_and_one_on_empty_canvas_none
Empty canvas: drag
    test_move::test_a_box_selects_what_it_touches
Empty canvas: Shift+drag
    test_move::test_a_box_selects_what_it_touches
Empty canvas: Ctrl+drag
    test_move::test_a_box_selects_what_it_touches
Empty canvas: double click
    test_add_palette::test_a_double_click_on_empty_canvas_adds_there
Anywhere: middle drag or Space+drag
    test_move::test_the_middle_button_pans_and_so_does_space_with_the_left
Anywhere: wheel or Ctrl+wheel or two fingers or pinch
    test_move::test_the_wheel_zooms_where_the_pointer_is
Anywhere: Shift+wheel
    test_move::test_shift_and_the_wheel_pan_sideways
Anywhere: Ctrl+right drag
    test_change_wires::test_one_stroke_through_two_wires_is_one_step
Minimap: click
    test_minimap::test_a_click_brings_a_place_into_the_middle
Minimap: drag
    test_minimap::test_a_drag_of_the_frame_pans_with_it
Minimap: wheel
    test_minimap::test_the_wheel_zooms_at_the_middle_within_the_limits
Empty canvas: drop from the palette
    test_keys::test_what_is_dragged_from_the_palette_lands_where_it_is_dropped
Wire: drop from the palette
    test_put_into_place::test_a_drop_on_a_wire_puts_the_node_into_it_and_makes_room
Node: drop from the palette
    test_put_into_place::test_a_drop_on_a_node_replaces_it_with_wires_and_arguments
Keyboard: `Tab` or `Shift+A`
    test_add_palette::test_shift_a_opens_it_too
Keyboard: `C`
    test_frames::test_c_frames_the_selection_and_takes_its_title_as_one_step
Keyboard: `N`
    test_notes::test_n_writes_a_note_of_several_lines_as_one_step
Keyboard: `Shift+C`
    test_frames::test_a_comment_is_typed_below_the_title
Keyboard: `Shift+N`
    test_notes::test_notes_are_gone_through_by_keys
Keyboard: `Shift+F2`
    test_frames::test_a_comment_is_typed_below_the_title
Keyboard: `Del` or `Backspace`
    test_keys::test_delete_takes_the_selected_nodes_and_their_wires
Keyboard: `Ctrl+Del` or `Ctrl+Backspace`
    test_keys::test_ctrl_delete_heals_the_wires
Keyboard: `Ctrl+X`
    test_clicks_and_keys::test_copies_by_key_bring_the_wires_between
Keyboard: `Ctrl+C`
    test_clicks_and_keys::test_copies_by_key_bring_the_wires_between
Keyboard: `Ctrl+V`
    test_clicks_and_keys::test_copies_by_key_bring_the_wires_between
Keyboard: `Ctrl+D`
    test_clicks_and_keys::test_copies_by_key_bring_the_wires_between
Keyboard: `Ctrl+A`
    test_keys::test_ctrl_a_selects_all_and_escape_none
Keyboard: `Ctrl+I`
    test_select::test_the_others_and_all_that_hangs_together
Keyboard: `[`
    test_select::test_brackets_add_all_that_leads_there_and_on
Keyboard: `]`
    test_select::test_brackets_add_all_that_leads_there_and_on
Keyboard: `Ctrl+Shift+A`
    test_select::test_the_others_and_all_that_hangs_together
Keyboard: `Shift+G`
    test_select::test_similar_selects_what_has_the_same_spec
Keyboard: `Alt+Shift+Left` or `Alt+Shift+Right` or `Alt+Shift+Up` or `Alt+Shift+Down`
    test_align::test_nodes_are_lined_up_as_one_step_that_is_undone
Keyboard: `Alt+Shift+C`
    test_align::test_nodes_are_lined_up_as_one_step_that_is_undone
Keyboard: `Alt+Shift+M`
    test_align::test_nodes_are_lined_up_as_one_step_that_is_undone
Keyboard: `Alt+Shift+H` or `Alt+Shift+V`
    test_align::test_gaps_are_made_equal_and_the_outermost_stay
Keyboard: `Alt+Shift+S`
    test_align::test_a_chain_is_straightened
Keyboard: `Esc`
    test_blocks::test_a_block_is_gone_into_and_esc_leads_back_to_the_same_sight
Keyboard: `Ctrl+G`
    test_blocks::test_ctrl_g_makes_a_block_that_is_named_at_once_in_one_step
Keyboard: `Ctrl+Shift+G`
    test_blocks::test_ctrl_shift_g_gives_back_the_very_drawing
Keyboard: `Return` or `Enter`
    test_inline_form::test_enter_opens_the_selected_node_too
Keyboard: `R`
    test_weights::test_r_asks_how_many_copies
Keyboard: `T`
    test_weights::test_t_ties_two_weights_that_fit_and_unties_them_again
Keyboard: `Shift+T`
    test_weights::test_shift_t_calls_one_layer_twice_and_gives_it_back
Keyboard: `U`
    test_blocks::test_a_block_that_is_used_twice_is_made_unique
Keyboard: `M`
    test_bypass::test_m_switches_nodes_off_and_on_again_as_one_step_each
Keyboard: `F2`
    test_keys::test_f2_renames_and_enter_takes_the_name
Keyboard: `Home`
    test_keys::test_home_fits_all_and_f_the_selection
Keyboard: `F`
    test_keys::test_home_fits_all_and_f_the_selection
Keyboard: `L`
    test_keys::test_l_arranges_all_and_shift_l_the_selection
Keyboard: `Shift+L`
    test_keys::test_l_arranges_all_and_shift_l_the_selection
Keyboard: `Left` or `Right`
    test_change_wires::test_the_arrows_walk_a_chain_and_say_where_it_ends
Keyboard: `Up` or `Down`
    test_clicks_and_keys::test_up_and_down_go_to_the_node_beside
Keyboard: `Shift+Left` or `Shift+Right` or `Shift+Up` or `Shift+Down`
    test_keys::test_shift_and_arrows_nudge_and_many_are_one_step
Keyboard: `Ctrl+Left` or `Ctrl+Right` or `Ctrl+Up` or `Ctrl+Down`
    test_keys::test_shift_and_arrows_nudge_and_many_are_one_step
Keyboard: `P`
    test_tracing::test_p_dims_what_is_off_the_path_of_each_selection
Keyboard: `W`
    test_change_wires::test_w_goes_through_the_wires_and_arrows_lead_on
Keyboard: `Ctrl+J`
    test_change_wires::test_ctrl_j_wires_two_selected_nodes
Keyboard: `Shift+R`
    test_put_into_place::test_shift_r_asks_for_what_replaces_a_node
Keyboard: `Alt+S`
    test_change_wires::test_alt_s_swaps_the_inputs_of_a_node
Keyboard: `Alt+D`
    test_change_wires::test_alt_d_detaches_a_wire_and_attaches_it_again
""")
"""Tests of this folder."""
IN_A_WINDOW = _table("""
Problem bubble: click on the fix
    canvas/test_scene_told::test_the_fix_is_a_button_in_the_bubble
Problem bubble: click on More
    canvas/test_scene_told::test_the_fix_is_a_button_in_the_bubble
Anywhere: right click
    window/test_canvas_menu::test_a_node_a_wire_and_the_ground_have_their_own_menus
Keyboard: `?`
    window/test_shortcuts_hold::test_f1_and_a_question_mark_open_the_sheet_and_shift_f1_the_manual
Keyboard: `Ctrl+F`
    window/test_find_in_graph::test_enter_and_f3_go_through_all_graphs_and_esc_leaves_the_hit
Keyboard: `F3` or `Shift+F3`
    window/test_find_in_graph::test_enter_and_f3_go_through_all_graphs_and_esc_leaves_the_hit
Keyboard: `Menu` or `Shift+F10`
    window/test_canvas_menu::test_the_menu_key_asks_too
""")
"""Tests elsewhere: these gestures need a whole window, or what the judge says."""

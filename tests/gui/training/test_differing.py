from dataclasses import replace

from designer.gui.training.differing import differing, option_text, option_title
from designer.session.options import TrainingOptions
from designer.session.stages import Stage

PLAIN = TrainingOptions()


def test_equal_options_do_not_differ():
    assert differing([PLAIN, TrainingOptions()]) == ()
    assert differing([]) == ()
    assert differing([PLAIN]) == ()


def test_options_that_differ_in_any_of_the_runs_are_named_in_their_order():
    runs = [PLAIN, replace(PLAIN, seed=3), replace(PLAIN, batch_size=8), PLAIN]
    assert differing(runs) == ("batch_size", "seed")


def test_what_has_no_effect_in_any_run_is_left_out():
    # AdamW has no momentum, SGD has
    other = replace(PLAIN, momentum=0.5)
    assert differing([PLAIN, other]) == ()
    assert differing([PLAIN, replace(other, optimizer="SGD")]) == ("optimizer", "momentum")


def test_values_are_written_as_on_the_panel():
    assert option_title("learning_rate") == "Learning rate"
    assert option_title("stages") == "Stages"
    assert option_text("learning_rate", PLAIN) == "0.001"
    assert option_text("from_scratch", PLAIN) == "no"
    assert option_text("schedule", PLAIN) == "Cosine"
    assert option_text("clip_gradients", PLAIN) == "None"
    assert option_text("momentum", PLAIN) == "–"
    stages = (Stage("Head", 3, 1e-3), Stage("All", 2, 1e-4, ("*",)))
    staged = replace(PLAIN, stages=stages)
    assert option_text("stages", staged) == "Head 3 × 0.001, All 2 × 0.0001"
    assert option_text("stages", PLAIN) == "–"
    assert "stages" in differing([PLAIN, staged])

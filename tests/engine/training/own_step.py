"""A training step of the user's own, for `test_team.py`: the network runs twice for one gradient."""


def training_step(step):
    answers = step.run()
    darker = step.run({port: 0.5 * value for port, value in step.values.items()})
    return 0.7 * step.loss(answers, step.labels) + 0.3 * step.loss(darker, step.labels)

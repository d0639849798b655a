"""The evaluation page: confusion matrix, scores of the classes, wrong pictures, predictions."""

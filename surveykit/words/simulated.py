"""The word that everything resting on simulated answers carries, in every language alike."""

SIMULATED = "SIMULATED"
SIMULATED_SENTENCE = "SIMULATED answers: made by a program to try out the method. They are not findings."

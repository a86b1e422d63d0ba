using System.CommandLine;
using MicroGpt.Bench;

return new RootCommand("Measures this project, alone or in turn with a peer: machine, medians, ratio.")
{
    ProcessComparison.Command(),
    TrainingSteps.Command(),
    Publication.Command(),
}.Parse(args).Invoke();

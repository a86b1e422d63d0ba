using MicroGpt.Numerics;

namespace MicroGpt.Models;

/// <summary>Makes a model's parameters, in the order in which they are initialized and stored.</summary>
internal sealed class ParameterFactory(Device device)
{
    private readonly List<(Tensor Parameter, InitialValue Initial)> _made = [];

    private readonly List<LinearLayer> _linearLayers = [];

    public IReadOnlyList<(Tensor Parameter, InitialValue Initial)> Made => _made;

    /// <summary>The linear maps that adapters can be put on.</summary>
    public IReadOnlyList<LinearLayer> LinearLayers => _linearLayers;

    public void Add(LinearLayer layer) => _linearLayers.Add(layer);

    public Tensor Create(string name, Shape shape, InitialValue initial)
    {
        var parameter = Tensor.Parameter(device, name, shape);
        _made.Add((parameter, initial));
        return parameter;
    }
}

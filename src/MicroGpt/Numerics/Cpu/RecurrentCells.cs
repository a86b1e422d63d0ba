namespace MicroGpt.Numerics.Cpu;

internal sealed unsafe partial class CpuDevice<S, V, F>
{
    private readonly struct RnnCell : ICell
    {
        public static RecurrentCell Kind => RecurrentCell.Rnn;

        public static void Forward(int H, F* a, F* p, F* h, F* c, F* kept)
        {
            for (var j = 0; j < H; j += S.Lanes)
                StoreUpTo(HyperbolicTangent(S.Add(LoadUpTo(a + j, H - j), LoadUpTo(p + j, H - j))), h + j, H - j);
        }

        public static void Backward(int H, F* dh, F* dc, F* kept, F* y, F* previous, F* da, bool add, F* dp)
        {
            for (var j = 0; j < H; j += S.Lanes)
            {
                var n = H - j;
                var delta = TimesTanhSlope(LoadUpTo(dh + j, n), LoadUpTo(y + j, n));
                StoreUpTo(delta, dp + j, n);
                StoreUpTo(default, dh + j, n);
                if (da is not null)
                    StoreOrAdd(delta, da + j, n, add);
            }
        }
    }

    /// <summary>Keeps r, z, n and the state's part of n.</summary>
    private readonly struct GruCell : ICell
    {
        public static RecurrentCell Kind => RecurrentCell.Gru;

        public static void Forward(int H, F* a, F* p, F* h, F* c, F* kept)
        {
            for (var j = 0; j < H; j += S.Lanes, a += S.Lanes, p += S.Lanes, h += S.Lanes, kept += S.Lanes)
            {
                var lanes = H - j;
                var r = Sigmoid(S.Add(LoadUpTo(a, lanes), LoadUpTo(p, lanes)));
                var z = Sigmoid(S.Add(LoadUpTo(a + H, lanes), LoadUpTo(p + H, lanes)));
                var pn = LoadUpTo(p + 2 * H, lanes);
                var n = HyperbolicTangent(S.MultiplyAdd(r, pn, LoadUpTo(a + 2 * H, lanes)));
                StoreUpTo(r, kept, lanes);
                StoreUpTo(z, kept + H, lanes);
                StoreUpTo(n, kept + 2 * H, lanes);
                StoreUpTo(pn, kept + 3 * H, lanes);
                StoreUpTo(S.MultiplyAdd(z, S.Subtract(LoadUpTo(h, lanes), n), n), h, lanes);
            }
        }

        public static void Backward(int H, F* dh, F* dc, F* kept, F* y, F* previous, F* da, bool add, F* dp)
        {
            var one = S.Broadcast(F.One);
            for (var j = 0; j < H; j += S.Lanes, dh += S.Lanes, kept += S.Lanes, previous += S.Lanes, dp += S.Lanes)
            {
                var lanes = H - j;
                var (d, r, z, n) = (LoadUpTo(dh, lanes), LoadUpTo(kept, lanes), LoadUpTo(kept + H, lanes), LoadUpTo(kept + 2 * H, lanes));
                var dn = TimesTanhSlope(S.Multiply(d, S.Subtract(one, z)), n);
                var dr = TimesSigmoidSlope(S.Multiply(dn, LoadUpTo(kept + 3 * H, lanes)), r);
                var dz = TimesSigmoidSlope(S.Multiply(d, S.Subtract(LoadUpTo(previous, lanes), n)), z);
                StoreUpTo(dr, dp, lanes);
                StoreUpTo(dz, dp + H, lanes);
                StoreUpTo(S.Multiply(dn, r), dp + 2 * H, lanes);
                StoreUpTo(S.Multiply(d, z), dh, lanes);
                if (da is null)
                    continue;
                StoreOrAdd(dr, da + j, lanes, add);
                StoreOrAdd(dz, da + H + j, lanes, add);
                StoreOrAdd(dn, da + 2 * H + j, lanes, add);
            }
        }
    }

    /// <summary>Keeps i, f, g, o and the cell c before the position.</summary>
    private readonly struct LstmCell : ICell
    {
        public static RecurrentCell Kind => RecurrentCell.Lstm;

        public static void Forward(int H, F* a, F* p, F* h, F* c, F* kept)
        {
            for (var j = 0; j < H; j += S.Lanes, a += S.Lanes, p += S.Lanes, h += S.Lanes, c += S.Lanes, kept += S.Lanes)
            {
                var lanes = H - j;
                var i = Sigmoid(S.Add(LoadUpTo(a, lanes), LoadUpTo(p, lanes)));
                var f = Sigmoid(S.Add(LoadUpTo(a + H, lanes), LoadUpTo(p + H, lanes)));
                var g = HyperbolicTangent(S.Add(LoadUpTo(a + 2 * H, lanes), LoadUpTo(p + 2 * H, lanes)));
                var o = Sigmoid(S.Add(LoadUpTo(a + 3 * H, lanes), LoadUpTo(p + 3 * H, lanes)));
                var before = LoadUpTo(c, lanes);
                StoreUpTo(i, kept, lanes);
                StoreUpTo(f, kept + H, lanes);
                StoreUpTo(g, kept + 2 * H, lanes);
                StoreUpTo(o, kept + 3 * H, lanes);
                StoreUpTo(before, kept + 4 * H, lanes);
                var after = S.MultiplyAdd(f, before, S.Multiply(i, g));
                StoreUpTo(after, c, lanes);
                StoreUpTo(S.Multiply(o, HyperbolicTangent(after)), h, lanes);
            }
        }

        public static void Backward(int H, F* dh, F* dc, F* kept, F* y, F* previous, F* da, bool add, F* dp)
        {
            for (var j = 0; j < H; j += S.Lanes, dh += S.Lanes, dc += S.Lanes, kept += S.Lanes, dp += S.Lanes)
            {
                var lanes = H - j;
                var (i, f, g, o) = (
                    LoadUpTo(kept, lanes), LoadUpTo(kept + H, lanes), LoadUpTo(kept + 2 * H, lanes), LoadUpTo(kept + 3 * H, lanes));
                var (d, before) = (LoadUpTo(dh, lanes), LoadUpTo(kept + 4 * H, lanes));
                var shown = HyperbolicTangent(S.MultiplyAdd(f, before, S.Multiply(i, g)));
                var dCell = S.Add(LoadUpTo(dc, lanes), TimesTanhSlope(S.Multiply(d, o), shown));
                Pass(TimesSigmoidSlope(S.Multiply(dCell, g), i), 0);
                Pass(TimesSigmoidSlope(S.Multiply(dCell, before), f), H);
                Pass(TimesTanhSlope(S.Multiply(dCell, i), g), 2 * H);
                Pass(TimesSigmoidSlope(S.Multiply(d, shown), o), 3 * H);
                StoreUpTo(S.Multiply(dCell, f), dc, lanes);
                StoreUpTo(default, dh, lanes);

                void Pass(V delta, int gate)
                {
                    StoreUpTo(delta, dp + gate, lanes);
                    if (da is not null)
                        StoreOrAdd(delta, da + gate + j, lanes, add);
                }
            }
        }
    }
}

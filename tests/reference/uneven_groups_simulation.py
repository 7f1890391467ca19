"""How often a general two-group t test rejects a true hypothesis, beside what `weigh_clusters` foretells.

Run by hand; the numbers stand beside `MOST_REJECTED` in surveykit/estimation/engine/settlement_level.py.
"""
import numpy as np
from scipy import stats
rng=np.random.default_rng(1)
def run(name,groupf,G=10,m=40,rho_c=.3,rho_ct=.3,reps=4000,after=True):
    pl=np.repeat(np.arange(G),m); aft=np.tile(np.repeat([0,1],m//2),G)
    rej=0;pred=[];gs=[]
    for s in range(reps):
        g=groupf(pl,aft)
        if g.sum()==0: continue
        y=rng.normal(0,rho_c,G)[pl]+(rng.normal(0,rho_ct,(G,2))[pl,aft])+rng.normal(0,1,G*m)
        n1,n0=g.sum(),(1-g).sum(); d=y[g==1].mean()-y[g==0].mean()
        z=np.where(g==1,(y-y[g==1].mean())/n1,-(y-y[g==0].mean())/n0)
        u=np.bincount(pl,z); se=np.sqrt(G/(G-1)*((u-u.mean())**2).sum()); df=G-2
        rej+=2*stats.t.sf(abs(d/se),df)<=.05
        if s<50:
            v=np.bincount(pl,np.where(g==1,1/n1**2,1/n0**2)); e=v.sum()**2/(v**2).sum(); nu=e*df/G
            gs.append(e); pred.append(2*stats.t.sf(stats.t.isf(.025,df),nu))
    print(f"{name:34s} actual {100*rej/reps:5.1f}  G* {np.mean(gs):5.1f}  predicted {100*np.mean(pred):5.1f}")
for k in (2,3,4,5,6,8): run(f"now in {k} of 10",lambda pl,a,k=k:((pl<k)&(a==1))*1)
for k in (3,6,10,15): run(f"now in {k} of 40",lambda pl,a,k=k:((pl<k)&(a==1))*1,G=40,reps=2000)
run("women/men 10",lambda pl,a:(rng.random(len(pl))<.5)*1)
run("5% group by chance, 10",lambda pl,a:(rng.random(len(pl))<.05)*1)
run("2% group by chance, 10",lambda pl,a:(rng.random(len(pl))<.02)*1)
def rare(pl,a,k=6):
    g=np.zeros(len(pl),int); g[np.arange(k)*10+3]=1; return g
for k in (6,10,12,20): run(f"one respondent in {k} of 100",lambda pl,a,k=k:rare(pl,a,k),G=100,m=10,reps=2000)


def run_model(k, clusters=10, reps=4000):
    """The coefficient of `now` beside that of the half, k of ten clusters treated."""
    place, half = np.repeat(np.arange(clusters), 40), np.tile(np.repeat([0, 1], 20), clusters)
    now = ((place < k) & (half == 1)) * 1.0
    x = np.column_stack([np.ones(len(now)), now, half])
    inverse = np.linalg.inv(x.T @ x)
    h = x @ inverse[:, 1]
    v = np.bincount(place, h**2)
    worth, rejected = v.sum() ** 2 / (v**2).sum(), 0
    for _ in range(reps):
        y = (rng.normal(0, .3, clusters)[place] + rng.normal(0, .3, (clusters, 2))[place, half]
             + rng.normal(0, 1, len(now)))
        b = inverse @ (x.T @ y)
        u = np.bincount(place, h * (y - x @ b))
        error = np.sqrt(clusters / (clusters - 1) * (u**2).sum())
        rejected += 2 * stats.t.sf(abs(b[1] / error), clusters - 3) <= .05
    foretold = 2 * stats.t.sf(stats.t.isf(.025, clusters - 3), worth * (clusters - 2) / clusters)
    print(f"model, now in {k} of {clusters}: actual {100 * rejected / reps:.1f}  G* {worth:.1f}  foretold {100 * foretold:.1f}")


for k in (2, 3, 4, 5):
    run_model(k)

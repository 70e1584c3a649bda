def test_probe(tell):
    s = tell("V14")
    loads=[]
    for k in range(1,9):
        s.calm_weeks(k)
        for d in s.squat_days(k):
            i=s.squat_item(d)
            loads.append((str(d), i["exercise"], i.get("load_kg"), i["load_text"], i["sets"], i["stage"]))
    for x in loads: print(x)

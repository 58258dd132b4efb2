"""Writes small prompt files, synthetic judge files and expected.json: what each benchmark scores.

An oracle: it shares no line with metrics/alignment and follows the published descriptions with plain
code. Run with numpy and scipy: python make_golden.py
"""
import csv
import json
import math
import random
from pathlib import Path

import numpy as np
from scipy import stats

HERE = Path(__file__).parent
PUBLISHED = HERE.parents[2] / "metrics/prompts"
rng = random.Random(20240618)
expected = {}


def write_lines(name, objects):
    (HERE / name).write_text("".join(json.dumps(one) + "\n" for one in objects))


def mean_with_error(values, clusters):
    """Mean and its error, clustered, with the factor G / (G - 1) for few clusters."""
    center = np.mean(values)
    sums = {}
    for value, cluster in zip(values, clusters):
        sums[cluster] = sums.get(cluster, 0) + value - center
    count = len(sums)
    if count < 2:
        return [center, None]
    return [center, math.sqrt(sum(s * s for s in sums.values()) * count / (count - 1)) / len(values)]


def macro(parts):
    error = None
    if all(part[1] is not None for part in parts):
        error = math.sqrt(sum(part[1] ** 2 for part in parts)) / len(parts)
    return [np.mean([part[0] for part in parts]), error]


def pooled(rows):
    """rows: (name, value, cluster) -> {name: [mean, error]}."""
    return {name: mean_with_error([v for n, v, _ in rows if n == name],
                                  [c for n, _, c in rows if n == name])
            for name in sorted({n for n, _, _ in rows})}


# GenEval ----------------------------------------------------------------------------------------
def relation_of(a, b):
    ax, ay, bx, by = ((a[0] + a[2]) / 2, (a[1] + a[3]) / 2, (b[0] + b[2]) / 2, (b[1] + b[3]) / 2)
    offset = np.array([ax - bx, ay - by])
    sizes = np.array([a[2] - a[0] + b[2] - b[0], a[3] - a[1] + b[3] - b[1]])
    revised = np.maximum(np.abs(offset) - 0.1 * sizes, 0) * np.sign(offset)
    if (np.abs(revised) < 1e-3).all():
        return []
    dx, dy = revised / np.linalg.norm(offset)
    return [name for name, holds in (("left of", dx < -.5), ("right of", dx > .5),
                                     ("above", dy < -.5), ("below", dy > .5)) if holds]


def geneval_correct(meta, details, colors):
    least = .9 if meta["tag"] == "counting" else .3
    kept = {}
    for name, boxes in details.items():
        pairs = sorted(((b, c) for b, c in zip(boxes, colors[name]) if b[4] > least),
                       key=lambda pair: -pair[0][4])[:16]
        kept[name] = pairs
    groups, correct = [], True
    for clause in meta["include"]:
        found = kept.get(clause["class"], [])[:clause["count"]]
        good = len(found) == clause["count"]
        if good and "color" in clause:
            good = sum(c == clause["color"] for _, c in found) >= clause["count"]
        if good and "position" in clause:
            relation, target = clause["position"]
            good = groups[target] is not None and all(
                relation in relation_of(b, t) for b, _ in found for t, _ in groups[target])
        correct = correct and good
        groups.append(found if good else None)
    for clause in meta.get("exclude", []):
        correct = correct and len(kept.get(clause["class"], [])) < clause["count"]
    return correct


def geneval():
    lines = (PUBLISHED / "geneval/evaluation_metadata.jsonl").read_text().splitlines()
    metas, per_tag = [], {}
    for line in lines:
        meta = json.loads(line)
        per_tag[meta["tag"]] = per_tag.get(meta["tag"], 0) + 1
        if per_tag[meta["tag"]] <= 3:
            metas.append(meta)
    write_lines("geneval.prompts.jsonl", metas)
    judged, rows = [], []
    for number, meta in enumerate(metas):
        for image in range(4):
            details, colors = {}, {}
            for clause in meta["include"]:
                name = clause["class"]
                for _ in range(clause["count"] + rng.choice([-1, 0, 0, 0, 0, 1])):
                    x, y = rng.uniform(0, 400), rng.uniform(0, 400)
                    box = [x, y, x + rng.uniform(20, 110), y + rng.uniform(20, 110),
                           rng.choice([.25, .5, .85, .95, .97, .99])]
                    details.setdefault(name, []).append(box)
                    colors.setdefault(name, []).append(
                        clause.get("color", "red") if rng.random() < .8 else "brown")
            correct = geneval_correct(meta, details, colors)
            line = {"filename": f"images/{number:05}/samples/{image:05}.png", "tag": meta["tag"],
                    "prompt": meta["prompt"], "correct": bool(correct), "reason": "",
                    "metadata": json.dumps(meta), "details": json.dumps(details)}
            if rng.random() < .5:  # as the evaluator writes it; else with our colours
                line["details"], line["colors"] = details, colors
            judged.append(line)
            rows.append((meta["tag"], float(correct), number))
    answer = pooled(rows)
    answer["overall"] = macro([answer[tag] for tag in per_tag])
    answer["correct_images"] = mean_with_error([v for _, v, _ in rows], [c for _, _, c in rows])
    best = {c: max(v for _, v, d in rows if d == c) for _, _, c in rows}
    answer["correct_prompts"] = mean_with_error(list(best.values()), list(best))
    judged.append({"claimed": {"overall": round(answer["overall"][0], 3),
                               "counting": round(answer["counting"][0], 2)}})
    write_lines("geneval.judge.jsonl", judged)
    expected["geneval"] = {"": answer}


# T2I-CompBench ----------------------------------------------------------------------------------
def compbench():
    stop = ["top", "the side", "the left", "the right"]
    judged, images = [], []
    folder = HERE / "compbench.prompts"
    folder.mkdir(exist_ok=True)
    for category in ("color", "shape", "texture", "spatial"):
        prompts = (PUBLISHED / f"t2i-compbench/{category}_val.txt").read_text().splitlines()[:3]
        (folder / f"{category}_val.txt").write_bytes("".join(p + "\r\n" for p in prompts).encode())
        for number in range(30):
            prompt = prompts[number // 10]
            line = {"category": category, "question_id": number,
                    "image": f"samples/{prompt}_{number:06}.png"}
            if category == "spatial":
                line["answer"] = round(rng.random(), 4)
                images.append((category, number // 10, [("", line["answer"])], True))
            else:
                questions = [f"phrase {i}?" for i in range(rng.randint(0, 10))]
                for word in rng.sample(stop, rng.randint(0, 2)):
                    questions.insert(rng.randint(0, len(questions)), word + "?")
                answers = [round(rng.uniform(.3, 1), 4) for _ in questions]
                line["questions"], line["answers"] = questions, [f"{a:.4f}" for a in answers]
                images.append((category, number // 10, list(zip(questions, answers)), False))
            judged.append(line)
    write_lines("compbench.judge.jsonl", judged)

    def score(limit, use_stop):
        rows = []
        for category, prompt, answers, finished in images:
            if not finished:
                answers = [a for a in answers if not use_stop or a[0].rstrip("?") not in stop][:limit]
            rows.append((category, math.prod(a for _, a in answers), f"{category} {prompt}"))
        answer = pooled(rows)
        answer["overall"] = macro([answer[c] for c in ("color", "shape", "texture")])
        return answer

    expected["t2i-compbench"] = {"": score(8, True), "np_num=2": score(2, True),
                                 "stop_list=off": score(8, False),
                                 "np_num=2,stop_list=off": score(2, False)}


# Question graphs --------------------------------------------------------------------------------
COLUMNS = ["item_id", "text", "keywords", "proposition_id", "dependency", "category_broad",
           "category_detailed", "tuple", "question_natural_language"]


def graph(name, items, tiles):
    """items: {id: [(question id, dependency text, broad, detailed)]} -> answers per item and tile."""
    with open(HERE / f"{name}.questions.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for item, questions in items.items():
            for number, dependency, broad, detailed in questions:
                writer.writerow([item, f'A "{item}", drawn', "k", number, dependency, broad, detailed,
                                 f"{broad} - {detailed} (x, {number})", f"Is {number} there?"])
    judged, answers = [], {}
    for item, questions in items.items():
        for tile in range(tiles):
            said = {str(q[0]): rng.choice(["yes"] * 6 + ["no", "no bus", "", "yes 1"])
                    for q in questions}
            answers[item, tile] = {int(k): float(v == "yes") for k, v in said.items()}
            line = {"item_id": item, "answers": said}
            if tiles > 1:
                line["tile"] = tile
            judged.append(line)
    return judged, answers


def parents_of(questions):
    """{question id: parents}; words among them cost the item all its dependencies."""
    try:
        return {q[0]: [int(p) for p in q[1].split(",") if int(p) != 0] for q in questions}
    except ValueError:
        return {q[0]: [] for q in questions}


def resolved(questions, own, parents, rule):
    values = dict(own)
    source = own if rule == "direct" else values
    for question in questions:
        if rule != "none" and any(source.get(p, 1.0) == 0 for p in parents[question[0]]):
            values[question[0]] = 0.0
    return values


def dsg():
    items = {}
    for index in range(6):
        items[f"source_{index}"] = [
            (1, "0", "entity", "whole"), (2, "1", "attribute", "color"),
            (3, "1, 2" if index % 2 else "2", "relation", "spatial"), (4, "3", "entity", "part"),
            (7, "5, right" if index == 2 else "6" if index == 3 else "4", "global", "-")]
    judged, answers = graph("dsg", items, 1)
    write_lines("dsg.judge.jsonl", judged)
    expected["dsg-1k"] = {}
    for rule in ("direct", "cascade", "none"):
        rows, overall = [], []
        for number, (item, questions) in enumerate(items.items()):
            values = resolved(questions, answers[item, 0], parents_of(questions), rule)
            overall.append(np.mean([values[q[0]] for q in questions]))
            rows += [(q[2], values[q[0]], number) for q in questions]
        answer = pooled(rows)
        answer["overall"] = mean_with_error(overall, range(len(overall)))
        expected["dsg-1k"]["" if rule == "direct" else f"dependency={rule}"] = answer


def dpg():
    items = {"0": [(1, "0", "entity", "whole"), (2, "1", "attribute", "color"),
                   (3, "0", "entity", "whole")]}
    for name in ("1", "10", "partiprompts97", "whoops3"):
        items[name] = [(1, "0", "entity", "whole"), (2, "1", "attribute", "size"),
                       (3, "2", "relation", "spatial"), (4, "3,1", "other", "count"),
                       (5, "9" if name == "10" else "0", "global", "")]
    judged, answers = graph("dpg", items, 4)
    write_lines("dpg.judge.jsonl", judged)

    def score(skip, last, rule):
        rows, values, clusters = [], [], []
        for number, (item, questions) in enumerate(items.items()):
            parents = parents_of(questions)
            if skip:
                questions = questions[1:] if number == 0 else questions
                if any(p not in [q[0] for q in questions] for q in questions for p in parents[q[0]]):
                    continue  # the published script's swallowed exception
            for tile in range(4):
                own = {q[0]: answers[item, tile][q[0]] for q in questions}
                after = resolved(questions, own, parents, rule)
                values.append(np.mean([after[q[0]] for q in questions]))
                clusters.append(number)
                if not last or tile == 3:
                    for q in questions:
                        detail = f"{q[2]} - {q[3]}".strip()
                        rows.append((q[2], own[q[0]], number))
                        rows.append((detail, own[q[0]], number))
        answer = pooled(rows)
        answer["overall"] = mean_with_error(values, clusters)
        return answer

    expected["dpg-bench"] = {"": score(False, False, "cascade"),
                             "official": score(True, True, "cascade"),
                             "categories=last-tile": score(False, True, "cascade"),
                             "dependency=direct": score(False, False, "direct"),
                             "dependency=none": score(False, False, "none")}


# TIFA and GenAI-Bench ---------------------------------------------------------------------------
def tifa():
    captions = {}
    for entry in json.loads((PUBLISHED / "tifa/sample_question_answers.json").read_text()):
        captions.setdefault(entry["id"], []).append(entry)
    judged, rows, means = [], [], []
    for number, (name, questions) in enumerate(captions.items()):
        said = [q["answer"] if rng.random() < .7 else rng.choice(q["choices"]) for q in questions]
        right = [float(a == q["answer"]) for a, q in zip(said, questions)]
        judged.append({"id": name, "answers": said})
        rows += [(q["element_type"], r, number) for q, r in zip(questions, right)]
        means.append(np.mean(right))
    write_lines("tifa.judge.jsonl", judged)
    answer = pooled(rows)
    answer["overall"] = mean_with_error(means, range(len(means)))
    answer["tifa_stdev"] = [np.std(means, ddof=1), None]
    expected["tifa"] = {"": answer}


def best_accuracy(judge, human):
    """Pairwise accuracy at the best of all thresholds, tried one by one."""
    pairs = [(judge[i] - judge[j], human[i] - human[j])
             for i in range(len(judge)) for j in range(i)]
    thresholds = {0.0} | {abs(a) for a, _ in pairs}
    return max(sum((abs(a) <= t and b == 0) or (abs(a) > t and a * b > 0) for a, b in pairs)
               for t in thresholds) / len(pairs)


def genai():
    systems, prompts, judged, single = ["A", "B", "C"], {}, [], []
    judge, human, rows = [], [], []
    for number in range(1, 9):
        name = f"{number:05}"
        ratings = {s: [rng.randint(1, 5) for _ in range(3)] for s in systems}
        if number == 5:
            ratings["B"][1] = 41
        prompts[name] = {"id": name, "prompt": f"prompt {number}", "models": ratings}
        for system in systems:
            good = [r for r in ratings[system] if r <= 5]
            value = round(min(1, max(0, np.mean(good) / 5 + rng.uniform(-.2, .2))), 2)
            judged.append({"id": name, "model": system, "score": value})
            judge.append(value)
            human.append(np.mean(good))
            rows.append((system, value, f"{system} {name}"))
            rows.append((f"{system} human", np.mean(good), f"{system} {name}"))
            if system == "A":
                single.append((value, number))
    (HERE / "genai.prompts.json").write_text(json.dumps(prompts) + "\n")
    skills = {"counting": [1, 3, 4], "negation": [2, 8]}
    (HERE / "genai.skills.json").write_text(json.dumps(skills) + "\n")
    write_lines("genai-human.judge.jsonl", judged)
    write_lines("genai.judge.jsonl", [{"id": f"{n:05}", "score": v} for v, n in single])
    answer = pooled([(skill, v, n) for skill, numbers in skills.items()
                     for v, n in single if n in numbers])
    answer["overall"] = mean_with_error([v for v, _ in single], [n for _, n in single])
    expected["genai-bench"] = {"": answer}
    answer = pooled(rows)
    answer["pearson"] = [stats.pearsonr(judge, human)[0], None]
    answer["kendall_tau_b"] = [stats.kendalltau(judge, human)[0], None]
    answer["pairwise_accuracy"] = [best_accuracy(judge, human), None]
    expected["genai-human"] = {"": answer}


for benchmark in (geneval, compbench, dsg, dpg, tifa, genai):
    benchmark()
(HERE / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")

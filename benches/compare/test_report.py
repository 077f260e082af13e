"""`python3 -m unittest discover -s benches/compare`: needs nothing but Python."""

import unittest

import report


class Report(unittest.TestCase):
    def test_a_ratio_is_taken_round_by_round(self):
        # The second round ran on a busy machine: both took three times as long.
        self.assertEqual(report.ratios([2.0, 6.0, 2.2], [1.0, 3.0, 1.0]), "**2.0**")

    def test_a_wide_range_of_rounds_is_told(self):
        self.assertEqual(report.ratios([2.0, 4.0, 9.0], [1.0, 1.0, 1.0]), "**4.0** (2.0 to 9.0)")

    def test_a_peer_that_is_missing_stays_in_the_table_with_its_reason(self):
        rows = [
            {"engine": "wangge", "name": "wangge", "variant": "", "rounds": [0.001]},
            {"engine": "pandana", "name": "Pandana", "variant": "", "not_measured": "no wheel"},
        ]
        text = report.speed(rows)
        self.assertIn("| Pandana | not measured: no wheel |  |", text)
        self.assertIn("| wangge | **1.0** | <sub>1 ms</sub> |", text)

    def test_without_a_figure_of_wangge_there_is_no_ratio(self):
        rows = [
            {"engine": "wangge", "name": "wangge", "variant": "", "not_measured": "no call"},
            {"engine": "scipy", "name": "scipy", "variant": "", "rounds": [2.0]},
        ]
        self.assertIn("| scipy | no ratio: wangge has no figure | <sub>2 s</sub> |", report.speed(rows))

    def test_shares_are_of_the_polygon_and_of_the_truth(self):
        # 5 of 50 in the polygon are wrong, 20 of 65 true ones are missed.
        self.assertEqual(report.shares([5, 50, 20, 65]), "10.0 / 30.8")
        self.assertEqual(report.shares([0, 0, 0, 0]), "– / –")

    def test_a_peer_that_did_not_start_has_its_reason_for_a_version(self):
        engines = {"wangge": {"name": "wangge, in process", "version": "1"},
                   "wangge_http": {"name": "wangge, over HTTP", "version": ""},
                   "pandana": {"name": "Pandana", "not_measured": "no wheel"}}
        text = report.versions([{"engines": engines}])
        self.assertIn("| wangge | 1 |", text)
        self.assertIn("| Pandana | not measured: no wheel |", text)
        self.assertNotIn("HTTP", text)

    def test_figures_are_short(self):
        self.assertEqual([report.short(x) for x in (0.123, 1.04, 9.96, 178.4, 2345.0)],
                         ["0.12", "1.0", "10.0", "180", "2,300"])
        self.assertEqual([report.seconds(s) for s in (2.5, 0.0031, 7e-6)], ["2.5 s", "3.1 ms", "7 µs"])


if __name__ == "__main__":
    unittest.main()

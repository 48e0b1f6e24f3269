"""The names that other people's programs read: result tables and columns of the data contract. Others may be added."""

from __future__ import annotations

import dualtrack as dt
import pytest

ANALYSES = (
    ["measures", "readiness", "managers", "pay", "promotion", "paths", "retention", "relief", "value_added", "backtest", "simulation"]
)

COLUMNS = {
    "sellers": """person_id manager_id market won_amount won_count lost_count win_rate win_rate_shrunk quota
        attainment cycle_days_median months_active log_relative_sales volatility largest_deal_share
        collaborators_mean lone_wolf mentoring_minutes leads_shared recognition_count rank_in_team
        performance_z performance_sd probability_top_quartile""",
    "seller_months": """person_id month manager_id amount won_count lost_count quota""",
    "teams": """manager_id start end n_reports amount own_amount quota attainment exits regretted_exits
        regretted_retention""",
    "credit": """deal_id person_id manager_id closed amount""",
    "readiness": """person_id readiness_z readiness_sd readiness_low readiness_high probability_ready n_sources
        status""",
    "constructs": """person_id construct z sd n_sources n_raters""",
    "evidence": """person_id construct source observed_z n reliability weight""",
    "questions": """person_id""",
    "managers": """manager_id n_reports involvement_share involvement_share_amount own_credit_share
        independent_win_rate independent_trend joint_effect_naive joint_effect joint_effect_low
        joint_effect_high step_back_change step_back_low step_back_high coaching_minutes_per_report
        star_coverage quarter_end_ratio team_share_of_recognition regretted_exit_ratio report_growth
        hero_probability style traps""",
    "dependence": """manager_id""",
    "coaching": """manager_id tier""",
    "uncoached": """person_id manager_id tier days_since_one_to_one last_goal_setting last_evaluation""",
    "transition": """manager_id month_index weight_own weight_team weight_development weight_retention score baseline
        status triggers""",
    "pay_inversion": """manager_id n_reports share_above_at_target share_above_at_actual largest_gap""",
    "offers": """vacancy_id person_id pay_now_expected pay_offer_expected change break_even_attainment""",
    "promotion": """vacancy_id person_id decision predicted_effect predicted_sd probability_harm net_value net_low
        net_high probability_net_loss rank human_review""",
    "reasons": """vacancy_id person_id factor contribution code text flips_at""",
    "business_case": """vacancy_id person_id line amount low high source""",
    "slate": """vacancy_id person_id""",
    "passed_over": """vacancy_id person_id outsold_winner hazard_ratio exit_probability_12m mitigated_probability_12m""",
    "paths": """person_id track level_now level_next eligible months_to_ready months_low months_high""",
    "gaps": """person_id track level requirement have need action""",
    "retention": """person_id motive probability_exit_12m capacity_minutes_week plan""",
    "actions": """person_id action motive minutes_week start review""",
    "talking_points": """person_id""",
    "relief": """plan mentor_id quota_relief n_mentees gain_per_mentee gain_low gain_high cost net
        break_even_gain net_year_2 probability_positive""",
    "quotas": """person_id start end amount scope""",
    "value_added": """manager_id effect se effect_shrunk low high n_rows n_sellers n_movers component status""",
    "variance": """term naive corrected se""",
    "backtest": """policy metric value low high n""",
    "outcomes": """policy metric mean low high sd n""",
    "differences": """policy against metric mean low high n""",
    "trajectories": """policy""",
    "findings": """severity code table column row row_2 count text""",
}


def _catalog() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for analysis in dt.catalog()["analyses"]:
        for table in analysis["tables"]:
            found.setdefault(table["name"], set()).update(column["name"] for column in table["columns"])
    return found


def test_every_analysis_of_the_contract_is_there() -> None:
    assert set(ANALYSES) <= {analysis["name"] for analysis in dt.catalog()["analyses"]}


@pytest.mark.parametrize("table", COLUMNS)
def test_the_table_has_the_columns_of_the_contract(table: str) -> None:
    assert set(COLUMNS[table].split()) - _catalog().get(table, set()) == set()

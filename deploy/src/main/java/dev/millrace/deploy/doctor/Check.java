package dev.millrace.deploy.doctor;

import java.util.List;

/** A check: a rule over facts, without any access to the installation. */
interface Check {
  /** One finding with OK, one with SKIP, or one for each problem. */
  List<Finding> run(Facts facts);
}

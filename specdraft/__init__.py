from specdraft.document import Spec as Spec

// Each figure holds a picture for paper and a stage; where scripts run, the stage takes over on the screen.
// `ast` makes Vega interpret its expressions: the page's policy forbids code made from text.
const draw = async (figure) => {
  const stage = figure.querySelector(".stage");
  figure.classList.add("is-live"); // the stage needs its width before Vega measures it
  try {
    await vegaEmbed(stage, JSON.parse(figure.querySelector("script").textContent), {
      mode: "vega-lite",
      renderer: "svg",
      ast: true,
      actions: false,
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true, id: "tooltip", offsetX: 14, offsetY: 14 },
    });
    figure.classList.add("is-drawn");
  } catch (error) {
    figure.classList.remove("is-live"); // the picture for paper serves
    console.error(`chart ${figure.id}:`, error);
  }
};
for (const figure of document.querySelectorAll("figure.chart")) draw(figure);
